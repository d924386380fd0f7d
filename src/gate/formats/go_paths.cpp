#include "gate/formats/go_paths.h"
#include "base/text.h"
#include <charconv>

namespace fairlead::gate {

namespace {

// https://go.dev/ref/mod#go-mod-file-module
std::string module_of(std::string_view text) {
    for (const auto& line : split(text, '\n')) {
        auto rest = trim(std::string_view(line).substr(0, line.find("//")));
        if (!rest.starts_with("module") || rest.find_first_of(" \t") != 6) continue;
        rest = trim(rest.substr(6));
        if (rest.size() > 1 && (rest.front() == '"' || rest.front() == '`')) rest = rest.substr(1, rest.size() - 2);
        return std::string(rest);
    }
    return {};
}

}

GoPaths::GoPaths(const SourceTree& tree) : tree_(tree) {
    for (const auto& [base, text] : tree.read_in_bases("go.mod")) {
        auto module = module_of(text);
        if (!module.empty()) modules_.push_back({std::move(module), base});
    }
}

std::string GoPaths::tidy(std::string_view written) const {
    if (written.starts_with("_/")) written.remove_prefix(1); // a folder outside of GOPATH, in old versions
    return tree_.tidy(to_valid_utf8(written));
}

std::string GoPaths::file(std::string_view written) const {
    const auto path = tidy(written);
    for (const auto& [module, base] : modules_) {
        if (!path.starts_with(module) || path.size() <= module.size() || path[module.size()] != '/') continue;
        const auto inner = path.substr(module.size() + 1);
        auto found = tree_.find_exact(base.empty() ? inner : base + '/' + inner);
        if (!found.empty()) return found;
    }
    auto found = tree_.find(path);
    return found.empty() ? tree_.find('/' + path) : found; // of a module elsewhere in the tree: by its last names
}

std::string GoPaths::file_or_tidy(std::string_view written) const {
    auto found = file(written);
    return found.empty() ? tidy(written) : found;
}

void GoPaths::find_in_package(FailedTest& test) const {
    if (auto found = file(test.suite + '/' + test.file); !found.empty()) test.file = std::move(found);
}

bool names_no_folder(const FailedTest& test) {
    return test.file.ends_with(".go") && test.file.find('/') == std::string::npos;
}

void take_go_place(FailedTest& test) {
    constexpr std::string_view mark = ".go:";
    for (auto at = test.text.find(mark); at != std::string::npos; at = test.text.find(mark, at + 1)) {
        const auto begin = test.text.find_last_of(" \t\n", at) + 1; // npos + 1 is 0
        const auto* const number = test.text.data() + at + mark.size();
        int line = 0;
        const auto parsed = std::from_chars(number, test.text.data() + test.text.size(), line);
        if (parsed.ec != std::errc()) continue;
        auto said = std::string_view(test.text).substr(static_cast<std::size_t>(parsed.ptr - test.text.data()));
        said = said.substr(0, said.find('\n'));
        if (!said.starts_with(':')) continue; // a frame of a panic: "testing.go:1974 +0x232"
        test.file = test.text.substr(begin, at + 3 - begin);
        test.line = line;
        if (const auto column = said.find_first_not_of(":0123456789"); column != said.npos) said.remove_prefix(column);
        if (!trim(said).empty()) test.message = trim(said);
        return;
    }
    constexpr std::string_view panic = "panic: ";
    if (const auto at = test.text.find(panic); at != std::string::npos && (at == 0 || test.text[at - 1] == '\n')) {
        const auto line = std::string_view(test.text).substr(at, test.text.find('\n', at) - at);
        test.message = line.substr(0, line.find(" [recovered"));
    }
}

}
