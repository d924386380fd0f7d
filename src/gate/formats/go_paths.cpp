#include "gate/formats/go_paths.h"
#include "base/text.h"

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

}
