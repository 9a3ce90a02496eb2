try show shop.hfs '#12' --json
try show shop.hfs Node --limit 1 --json
