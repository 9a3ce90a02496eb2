try types shop.hfs Session -n 1 --shallow
try types shop.hfs Sesion
try types shop.hfs 'nothing.*'
try types shop.hfs --module sho
try types shop.hfs 'nothing.*' --json
