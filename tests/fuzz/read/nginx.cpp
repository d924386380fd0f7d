// slow: an execution takes ten times as long as one of the others
// hostile: nginx
#include "read/nginx/nginx.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

// Whatever the text: every place and every byte range lies within it, blocks hold what they say, no limit is passed.
extern "C" int fuzz_read_nginx(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = fairlead::read::read_nginx(text, "nginx.conf");
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    for (const auto& problem : file.problems)
        if (problem.line < 1 || problem.line > lines || problem.column < 1) std::abort();
    for (const auto& directive : file.directives) {
        if (directive.words.empty() || directive.span.begin > directive.span.end || directive.span.end > size)
            std::abort();
        for (const auto& word : directive.words)
            if (word.line < 1 || word.line > lines || word.column < 1) std::abort();
        const auto* parent = file.parent_of(directive);
        if (parent && (!parent->block || parent >= &directive)) std::abort();
    }
    if (file.problems.size() > fairlead::read::nginx_problem_limit) std::abort();
    return 0;
}
