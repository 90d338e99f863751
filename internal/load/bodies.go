package load

import "bytes"

// blankBodies overwrites the bodies of the functions that the source declares
// with blanks, up to their braces and but for line ends. To the parser, bodies
// are most of the work and nearly all of the garbage; this costs far less, and
// moves no declaration.
//
// Function literals keep theirs, and so does whatever is written as nobody
// does: a body that is not recognized is parsed and dropped afterwards.
func blankBodies(src []byte) {
	var (
		depth  int    // of parentheses, brackets and braces
		start  = true // of a line, outside all of these
		header bool   // between the func of a declaration and its body
		word   string // the last token, if it is struct or interface
	)
	for i := 0; i < len(src); {
		end := skip(src, i)
		switch c := src[i]; {
		case c == '\n':
			if depth == 0 {
				start, header = true, false
			}
			i = end
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '/' && end > i+1: // a comment
			i = end
			continue
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == '{' && header && depth == 0 && word == "":
			end = closing(src, i)
			if end < 0 {
				return // a syntax error
			}
			for j := i + 1; j < end; j++ {
				if src[j] != '\n' {
					src[j] = ' '
				}
			}
			end++
			header = false
		case c == '{':
			depth++
		}
		word = ""
		switch string(src[i:end]) {
		case "func":
			header = header || start
		case "struct", "interface": // func F() struct{} {
			word = string(src[i:end])
		}
		start = false
		i = end
	}
}

// closing returns the index of the brace that closes the one at i, -1 if there
// is none.
func closing(src []byte, i int) int {
	for depth := 0; i < len(src); i = skip(src, i) {
		switch src[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// skip returns the end of what begins at i: a comment, a literal in quotes, a
// word, or a single character.
func skip(src []byte, i int) int {
	rest := src[i+1:]
	until := func(end string) int {
		if n := bytes.Index(rest, []byte(end)); n >= 0 {
			return i + 1 + n + len(end)
		}
		return len(src)
	}
	switch c := src[i]; {
	case c == '`':
		return until("`")
	case c == '"' || c == '\'':
		for j := i + 1; j < len(src); j++ {
			switch src[j] {
			case '\\':
				j++
			case '\n': // a syntax error
				return j
			case c:
				return j + 1
			}
		}
		return len(src)
	case c == '/' && len(rest) > 0 && rest[0] == '/':
		if n := bytes.IndexByte(rest, '\n'); n >= 0 {
			return i + 1 + n // which may end the line of a declaration
		}
		return len(src)
	case c == '/' && len(rest) > 0 && rest[0] == '*':
		rest = rest[1:] // /*/ does not end here
		i++
		return until("*/")
	case isWord(c):
		for i < len(src) && isWord(src[i]) {
			i++
		}
		return i
	}
	return i + 1
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}
