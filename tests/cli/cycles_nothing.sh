try cycles hostile.hfs
try cycles shop.hfs Cache
try cycles shop.hfs Cache --csv
try cycles shop.hfs Sesion
try cycles
try cycles shop.hfs Session more
