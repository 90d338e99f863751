// Package e2e runs spanlint as its users do, on programs that run, and compares
// what those programs export before and after their repair. It holds tests only.
package e2e
