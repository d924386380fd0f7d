#pragma once
#include "read/dockerfile/dockerfile.h"
#include "read/mapped_text.h"
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// Splits the arguments of one instruction. Offsets are in the instruction's text, with lines joined.
namespace fairlead::read {

struct Part {
    std::size_t begin = 0, end = 0;
};

// Returns the size in bytes of the (Unicode) blank at `at`, or 0.
std::size_t blank_at(std::string_view text, std::size_t at);
Part trimmed(std::string_view text, Part part);

struct Flags {
    std::vector<Flag> flags;
    std::size_t end = 0; // where the arguments begin
};
Flags split_flags(const MappedText& line, Part part, char escape);

std::vector<Word> split_blanks(const MappedText& line, Part part);              // quotes have no meaning
std::vector<Word> split_quoted(const MappedText& line, Part part, char escape); // ENV, LABEL, ARG

struct JsonArray {
    std::vector<Word> strings;
    bool others = false; // valid JSON, but not only strings
};
std::optional<JsonArray> read_json_array(const MappedText& line, Part part); // nothing: not JSON

// Returns the heredocs that a line announces, without their texts.
std::vector<Heredoc> find_heredocs(std::string_view line);
bool is_heredoc(std::string_view word);

}
