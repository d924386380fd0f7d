#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Decides whether a secret can be guessed: placeholders of templates, usual passwords, repetition.
namespace fairlead::preflight {

// The first two recognise texts of templates: "change-me", "<your key>", "{{ key }}", "django-insecure-…", or one
// repeated character. A text with a generated part is not recognised, even after a prefix such as a vendor's sk_test_….
bool asks_to_be_replaced(std::string_view value); // changeme, your-host, <host>: a value with which no program works
bool is_placeholder(std::string_view value);
// Returns why it can be guessed, as a part of a message ("has 2 distinct characters"), without any part of the value.
// Empty: it can't be guessed.
std::string weakness(std::string_view value);
// Returns whether the source compares something with this literal, perhaps to refuse it: if SECRET_KEY == "x": raise …
bool is_compared(std::string_view source, std::string_view value);
bool is_word_and_digits(std::string_view value); // "password1!": a word of the list and at most eight other characters
bool looks_generated(std::string_view value);    // looks like a generator's output: long, letters and digits, no words
double entropy(std::string_view value);          // Shannon's, bits per byte
std::size_t distinct(std::string_view value);

}
