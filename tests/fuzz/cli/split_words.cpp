#include "base/text.h"
#include "cli/words.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

// A command line, one word per NUL-ended piece: words and values are among what was given, and nothing escapes.
extern "C" int fuzz_cli_split_words(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto arguments = split(bytes, '\0');
    const cli::Flag flags[] = {{"name", 'n', true}, {"quiet", 'q', false}, {"to", 0, true}, {"no-color", 0, false}};
    const auto words = cli::split_words(flags, arguments);
    if (!words) {
        if (words.error().kind != Kind::usage || words.error().message.empty()) std::abort();
        return 0;
    }
    for (const auto& [name, values] : words->flags) {
        for (const auto& value : values) {
            if (value != "true" && bytes.find(value) == std::string_view::npos) std::abort();
        }
    }
    for (const auto& word : words->words) {
        if (bytes.find(word) == std::string_view::npos) std::abort();
    }
    return 0;
}
