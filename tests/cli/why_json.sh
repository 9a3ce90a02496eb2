holdfast why shop.hfs Session --json
