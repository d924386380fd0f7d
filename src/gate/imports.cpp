#include "gate/imports.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace fairlead::gate {
namespace {

struct Form {
    std::array<std::string_view, 8> endings, begins; // fewer: the last ones are empty
};

bool is_among(std::span<const Form> forms, std::string_view ending, std::string_view line) {
    return !ending.empty() && std::any_of(forms.begin(), forms.end(), [&](const Form& form) {
        return is_one_of(form.endings, ending) &&
               std::any_of(form.begins.begin(), form.begins.end(), [&](std::string_view begin) {
                   return !begin.empty() && (line.starts_with(begin) || line == trim(begin));
               });
    });
}

bool is_of_c(std::string_view ending) { return is_one_of(ending, {".c", ".cc", ".cpp", ".cxx"}); }

// Statements that may have several lines.
bool begins_statement(std::string_view ending, std::string_view line) {
    static constexpr Form forms[] = {
        {{".go", ".java", ".kt", ".scala", ".groovy"}, {"import "}},
        {{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"}, {"import ", "import{"}},
        {{".swift"}, {"import ", "@testable import "}},
        {{".dart"}, {"import ", "export ", "part ", "library "}},
        {{".rs"}, {"use ", "pub use ", "pub(crate) use ", "extern crate "}},
        {{".php", ".pl", ".pm"}, {"use "}},
        {{".ex"}, {"import ", "alias ", "require ", "use "}},
    };
    static const auto of_dotnet = sys::Pattern::compile( // and not `using var a = b();`
                                      R"(^(global\s+)?using\s+(static\s+|unsafe\s+)?[\w.:]+(\s*=[^;()]+)?;)")
                                      .value();
    static const auto attribute = // of Elixir, and not `@name |> f()`
        sys::Pattern::compile(R"re(^@\w+ ["\w:%\[{(~])re").value();
    const auto value = line.substr(std::min(line.find(' ') + 1, line.size()));
    if (ending == ".ex" && attribute.matches(line))
        return !is_one_of(value.substr(0, value.find(' ')), {"and", "do", "in", "or", "when"});
    const bool is_closure = line.starts_with("use ("); // of PHP: `function () use ($a) {`
    return (is_of_c(ending) && line.starts_with('#')) || (is_among(forms, ending, line) && !is_closure) ||
           (ending == ".cs" && of_dotnet.matches(line));
}

// A block may begin here, so only the line itself belongs to it.
bool is_heading(std::string_view ending, std::string_view line) {
    static constexpr Form forms[] = {
        {{".go", ".java", ".kt", ".scala", ".groovy", ".pl", ".pm"}, {"package "}},
        {{".cs"}, {"namespace "}},
        {{".php"}, {"namespace ", "<?php"}},
        {{".rs"}, {"mod ", "pub mod "}},
    };
    return is_among(forms, ending, line);
}

// Without texts in quotes and comments.
std::string plain(std::string_view ending, std::string_view line) {
    std::string kept;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const auto rest = line.substr(at);
        if (rest.starts_with("//") || (rest.front() == '#' && !is_of_c(ending) && ending != ".php")) break;
        const bool is_comment = rest.starts_with("/*");
        if (!is_comment && !is_one_of(rest.substr(0, 1), {"'", "\"", "`"})) {
            kept += rest.front();
            continue;
        }
        const auto end = is_comment ? rest.find("*/", 2) : rest.find(rest.front(), 1);
        if (end == rest.npos) break;
        at += end + (is_comment ? 1 : 0);
    }
    return std::string(trim(kept));
}

}

bool begins_import(std::string_view ending, std::string_view line) {
    return begins_statement(ending, line) || is_heading(ending, line);
}

bool Imports::goes_on(std::string_view line) {
    if (is_of_c(ending_)) return line.ends_with('\\');
    const auto text = plain(ending_, line);
    for (const char letter : text) {
        if (std::string_view("([{").find(letter) != std::string_view::npos) ++brackets_;
        if (std::string_view(")]}").find(letter) != std::string_view::npos) --brackets_;
    }
    const bool ends_with_semicolon = is_one_of(ending_, {".dart", ".rs", ".php", ".pl", ".pm"});
    return brackets_ > 0 || text.ends_with(',') || text.ends_with('\\') || text.ends_with("::") ||
           (ends_with_semicolon && !text.ends_with(';') && !text.ends_with('}'));
}

bool Imports::take(std::string_view line) {
    const bool is_part = open_, begins = !is_part && begins_statement(ending_, line);
    if (begins) brackets_ = 0;
    if (is_part || begins) open_ = goes_on(line);
    return is_part || begins_import(ending_, line);
}

}
