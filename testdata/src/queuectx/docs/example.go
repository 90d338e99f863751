package docs

// One example after the other stands in place of this file.
