"""The case log in MongoDB: append, load, fold, verify, content. A case is its log; `cases` is the fold of it."""
