holdfast graph shop.hfs Cache --json | sed 's/"dot": "digraph holdfast {.*}\\n"/"dot": "digraph holdfast {...}"/'
