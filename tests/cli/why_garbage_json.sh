holdfast why shop.hfs shop.tree.Node --json
