try types shop.hfs 'nothing.*'
try types shop.hfs --module sho
try types shop.hfs 'nothing.*' --json
