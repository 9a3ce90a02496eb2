holdfast graph shop.hfs Cache --json
