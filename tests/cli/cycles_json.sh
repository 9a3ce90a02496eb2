try cycles shop.hfs --json
try cycles shop.hfs Cache --json
