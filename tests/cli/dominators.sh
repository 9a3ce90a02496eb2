try dominators shop.hfs --depth 3
try dominators shop.hfs Cache --depth 2 --bytes
try dominators shop.hfs --by type --min 200
try dominators shop.hfs --by module --depth 2 --limit 2
try dominators shop.hfs --by package --depth 1
try dominators shop.hfs --by thread --depth 2
try dominators shop.hfs --by root --depth 1
try dominators shop.hfs list --by type --csv
try dominators shop.hfs Session --limit 1 --depth 1 --json
try dominators shop.hfs Session --by module
try dominators shop.hfs --by size
try dominators shop.hfs --min 1X
