// hostile: shell words
#include "base/shell.h"
#include "base/text.h"
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

using namespace fairlead;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

// A command line as a shell of POSIX takes it apart (XCU 2.2, 2.3 and 2.6), by another hand than the writer's. What it
// would expand, run, match against files or take for an end has to stand in quotes.
std::vector<std::string> words_of(std::string_view line) {
    constexpr std::string_view special = "|&;<>()$`\"*?[]#~{}!^\t\n\r";
    std::vector<std::string> words;
    bool in_word = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == ' ') {
            in_word = false;
            continue;
        }
        if (!in_word) words.emplace_back();
        in_word = true;
        if (c == '\'') {
            const auto end = line.find('\'', i + 1);
            must(end != line.npos);
            words.back() += line.substr(i + 1, end - i - 1);
            i = end;
        } else if (c == '\\') {
            must(++i < line.size() && line[i] != '\n'); // which would be gone
            words.back() += line[i];
        } else {
            must(special.find(c) == special.npos && c > ' ' && c < 127);
            words.back() += c;
        }
    }
    return words;
}

}

// Any values, one per NUL-ended piece, as words of one line: a shell gets as many back, and each as it was.
extern "C" int fuzz_base_shell_word(const std::uint8_t* data, std::size_t size) {
    const auto values = split(std::string_view(reinterpret_cast<const char*>(data), size), '\0');
    std::string line;
    for (const auto& value : values) line += (line.empty() ? "" : " ") + shell_word(value);
    must(words_of(line) == values);
    return 0;
}
