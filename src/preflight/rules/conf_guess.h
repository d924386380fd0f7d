#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Whether a secret can be guessed: what templates hold, what people type, what repeats.
namespace fairlead::preflight {

// Texts that templates hold: "change-me", "<your key>", "{{ key }}", "django-insecure-…", all one character. What has a
// generated part is none, whatever stands before it: a vendor's sk_test_…
bool asks_to_be_replaced(std::string_view value); // changeme, your-host, <host>: no program works with it
bool is_placeholder(std::string_view value);
// Why it can be guessed, as the middle of a message ("has 2 distinct characters"); empty: it can't. No part of it is
// in that text.
std::string weakness(std::string_view value);
bool is_word_and_digits(std::string_view value); // "password1!": a word of the list, at most eight others around it
double entropy(std::string_view value);          // Shannon's, bits per byte
std::size_t distinct(std::string_view value);

}
