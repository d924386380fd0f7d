// The files that an application's module brings with it: what it imports, and what that imports.
#include "base/path.h"
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <set>

namespace fairlead::init {

namespace {

struct Import {
    std::string module; // app.models; .models of a relative one
    std::vector<std::string> names;
};

// Whole statements: from x import (a,
//     b)
std::vector<Import> imports_in(const std::string& text) {
    std::vector<Import> found;
    const auto lines = split(text, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string line(trim(std::string_view(lines[i])));
        line = line.substr(0, line.find('#'));
        if (line.starts_with("import ")) {
            for (const auto& one : split(line.substr(7), ',')) {
                const auto name = trim(std::string_view(one));
                found.push_back({std::string(name.substr(0, name.find(' '))), {}});
            }
            continue;
        }
        const auto import = line.find(" import ");
        if (!line.starts_with("from ") || import == line.npos) continue;
        for (int more = 0; more < 40 && line.find('(') != line.npos && line.find(')') == line.npos; ++more)
            if (++i < lines.size()) line += " " + lines[i].substr(0, lines[i].find('#'));
        Import one{std::string(trim(std::string_view(line).substr(5, import - 5))), {}};
        for (const auto& name : split(replace_all(replace_all(line.substr(import + 8), "(", ""), ")", ""), ',')) {
            const auto plain = trim(std::string_view(name));
            if (!plain.empty()) one.names.emplace_back(plain.substr(0, plain.find(' ')));
        }
        found.push_back(std::move(one));
    }
    return found;
}

// "shop.settings", "config.Production": modules that are named by a text.
std::vector<std::string> named_in(const std::string& text) {
    std::vector<std::string> found;
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    for (const auto& line : split(text, '\n')) {
        const bool loads = line.find("from_object(") != line.npos || line.find("import_module(") != line.npos ||
                           line.find("SETTINGS_MODULE") != line.npos;
        for (const char quote : {'"', '\''}) {
            const auto parts = split(line, quote);
            for (std::size_t i = 1; i < parts.size(); i += 2)
                if (loads && !parts[i].empty() && parts[i].find_first_not_of(letters) == std::string::npos)
                    found.push_back(parts[i]);
        }
    }
    return found;
}

class Graph {
  public:
    Graph(Folder& folder, std::vector<std::string> bases) : folder_(folder), bases_(std::move(bases)) {}

    void add(const std::string& file) {
        constexpr std::size_t most_files = 400;
        if (folder_.has(file) && files_.size() < most_files && files_.insert(file).second) order_.push_back(file);
    }

    void add_module(const std::string& base, const std::string& module) {
        std::string path = base;
        for (const auto& part : split(module, '.')) {
            if (part.empty()) return;
            path += (path.empty() ? "" : "/") + part;
            add(path + ".py");
            add(path + "/__init__.py");
        }
    }

    void add_module(const std::string& module) {
        for (const auto& base : bases_) add_module(base, module);
    }

    std::vector<std::string> walk() {
        for (std::size_t i = 0; i < order_.size(); ++i) {
            const auto file = order_[i];
            const auto text = folder_.text(file);
            for (const auto& one : imports_in(text)) follow(file, one);
            for (const auto& module : named_in(text)) add_module(module);
        }
        return order_;
    }

  private:
    void follow(const std::string& file, const Import& one) {
        const auto dots = std::min(one.module.find_first_not_of('.'), one.module.size());
        const auto rest = one.module.substr(dots);
        auto base = folder_of(file);
        for (std::size_t i = 1; i < dots; ++i) base = folder_of(base);
        const auto take = [&](const std::string& module) { dots > 0 ? add_module(base, module) : add_module(module); };
        if (!rest.empty()) take(rest);
        if (dots > 0 && rest.empty()) add(base.empty() ? "__init__.py" : base + "/__init__.py");
        for (const auto& name : one.names) take(rest.empty() ? name : rest + "." + name);
    }

    Folder& folder_;
    std::vector<std::string> bases_;
    std::set<std::string> files_;
    std::vector<std::string> order_;
};

}

std::vector<std::string> imported_files(Folder& folder, const Component& component) {
    const auto& words = component.serve;
    const auto target = std::find_if(words.rbegin(), words.rend(), [](const std::string& word) {
        return word.find(':') != word.npos && word.find_first_of("/{=") == word.npos;
    });
    if (target == words.rend()) return {};
    auto quiet = folder; // a file that is too long to be read is no doubt
    std::vector<std::string> bases = {starts_in(words)};
    for (const auto& base : {component.modules, std::string()})
        if (!contains(bases, base)) bases.push_back(base);
    Graph graph(quiet, bases);
    graph.add_module(target->substr(0, target->find(':')));
    auto files = graph.walk();
    if (files.empty() || component.settings.empty()) return files;
    // manage.py's settings are those of wsgi.py, too, where that names none.
    const bool named = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
        return quiet.text(file).find("SETTINGS_MODULE") != std::string::npos;
    });
    if (!named) graph.add_module(component.settings);
    return graph.walk();
}

}
