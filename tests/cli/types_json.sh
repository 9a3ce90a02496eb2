holdfast types shop.hfs --json 'shop.*' --limit 2
