// of every executable under AddressSanitizer
extern "C" {
const char* __lsan_default_options();
const char* __lsan_default_suppressions();
const char* __lsan_default_options() { return "print_suppressions=0"; }
// libgit2 before 1.6 leaks PCRE2's match data where it looks for extensions.* (its pull request 6382).
const char* __lsan_default_suppressions() { return "leak:libpcre2\n"; }
}
