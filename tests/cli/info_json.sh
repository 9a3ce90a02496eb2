holdfast info shop.hfs --json
