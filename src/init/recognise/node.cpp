#include "base/text.h"
#include "init/recognise/node_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

constexpr const char* sections[] = {"/dependencies", "/devDependencies", "/peerDependencies", "/optionalDependencies"};

std::vector<std::string> workspaces_of(Folder& folder, const Json& package) {
    auto globs = texts_of(at(package, "/workspaces"));
    if (globs.empty()) globs = texts_of(at(package, "/workspaces/packages"));
    if (globs.empty() && folder.has("pnpm-workspace.yaml"))
        globs = texts_of(at(folder.yaml("pnpm-workspace.yaml"), "/packages"));
    if (globs.empty() && folder.has("lerna.json")) globs = texts_of(at(folder.json("lerna.json"), "/packages"));
    return globs;
}

bool is_member(const std::vector<std::string>& globs, std::string_view path) {
    bool member = false;
    for (const auto& glob : globs) {
        const bool out = glob.starts_with('!');
        auto pattern = std::string_view(glob).substr(out ? 1 : 0);
        if (pattern.starts_with("./")) pattern.remove_prefix(2);
        while (pattern.ends_with('/')) pattern.remove_suffix(1);
        if (glob_match(pattern, path)) member = !out;
    }
    return member;
}

// Above it lies the root of a workspace that it belongs to: how far up, and that root.
std::optional<Folder> workspace_above(Node& node) {
    const auto& path = node.folder.path();
    std::string outer = path, up;
    while (!outer.empty()) {
        const auto slash = outer.rfind('/');
        outer = slash == outer.npos ? "" : outer.substr(0, slash);
        up += up.empty() ? ".." : "/..";
        auto above = node.folder.above(outer);
        if (!above.has("package.json")) continue;
        const auto package = above.json("package.json");
        if (!is_member(workspaces_of(above, package), path.substr(outer.empty() ? 0 : outer.size() + 1))) continue;
        node.up = up;
        return above;
    }
    return std::nullopt;
}

// "pnpm@10.2.0+sha512.ab" is 10.2.0.
std::string named_version(std::string_view named, std::string_view manager, std::string_view fallback) {
    if (!named.starts_with(std::string(manager) + "@")) return std::string(fallback);
    named.remove_prefix(manager.size() + 1);
    named = named.substr(0, named.find('+'));
    const bool plain = !named.empty() && named.find_first_not_of("0123456789.") == named.npos;
    return std::string(plain ? named : fallback);
}

constexpr const char* newest_pnpm = "10.12.1";

// What engines.pnpm asks for, else the newest pnpm that installs from this lock file as it is; another form is refused
// by --frozen-lockfile.
std::string pnpm_of(Folder& root) {
    auto asked = sys::text_of(at(root.json("package.json"), "/engines"), "pnpm");
    asked.erase(0, asked.find_first_not_of("^~>= "));
    if (!asked.empty() && asked.find_first_not_of("0123456789.") == asked.npos) return asked;
    constexpr std::pair<std::string_view, const char*> forms[] = {
        {"5.4", "7.33.7"}, {"5.", "6.35.1"}, {"6.", "8.15.9"}, {"9.", newest_pnpm}};
    auto text = root.text("pnpm-lock.yaml");
    constexpr std::string_view key = "lockfileVersion:";
    if (!text.starts_with(key)) return newest_pnpm;
    text = text.substr(key.size(), text.find('\n') - key.size());
    const auto form = text.find_first_of("0123456789");
    for (const auto& [begin, version] : forms)
        if (form != text.npos && text.compare(form, begin.size(), begin) == 0) return version;
    return newest_pnpm;
}

void set_manager_words(Node& node, Folder& root, std::string_view named) {
    const auto& manager = node.component.manager;
    if (manager == "pnpm") node.manager = {"npx", "--yes", "pnpm@" + named_version(named, "pnpm", pnpm_of(root))};
    if (manager == "yarn" && !node.berry)
        node.manager = {"npx", "--yes", "yarn@" + named_version(named, "yarn", "1.22.22")};
    if (manager == "yarn" && node.berry)
        node.manager = {"npx", "--yes", "--package=@yarnpkg/cli-dist@" + named_version(named, "yarn", "4.9.2"), "--",
                        "yarn"};
}

// packageManager of package.json decides, then the lock file.
void choose_manager(Node& node, Folder& root) {
    const auto package = root.json("package.json");
    const auto named = sys::text_of(package, "packageManager");
    std::vector<std::string> locks;
    for (const auto* lock :
         {"pnpm-lock.yaml", "yarn.lock", "package-lock.json", "npm-shrinkwrap.json", "bun.lock", "bun.lockb"})
        if (root.has(lock)) locks.emplace_back(lock);
    auto& manager = node.component.manager;
    for (const auto* name : {"pnpm", "yarn", "npm"})
        if (named.starts_with(std::string(name) + "@")) manager = name;
    if (manager.empty())
        manager = locks.empty()                       ? "npm"
                  : locks.front().starts_with("pnpm") ? "pnpm"
                  : locks.front() == "yarn.lock"      ? "yarn"
                                                      : "npm";
    if (locks.size() > 1)
        node.folder.doubt(fmt::format("there are several lock files ({}), and {} is used; delete the other lock files",
                                      join(locks, ", "), manager));
    if (!locks.empty() && locks.front().starts_with("bun")) manager = "bun";
    node.berry =
        manager == "yarn" && (root.has(".yarnrc.yml") || (named.starts_with("yarn@") && !named.starts_with("yarn@1")));
    set_manager_words(node, root, named);
}

std::string lock_of(Node& node, const Folder& root) {
    if (node.component.manager == "pnpm") return root.first({"pnpm-lock.yaml"});
    if (node.component.manager == "yarn") return root.first({"yarn.lock"});
    return root.first({"package-lock.json", "npm-shrinkwrap.json"});
}

void install_node_at(Node& node, Folder& root) {
    const auto lock = lock_of(node, root);
    const auto& manager = node.component.manager;
    node.component.ignored.push_back("node_modules/");
    auto words = node.manager;
    if (!node.up.empty())
        words.insert(words.end(), {manager == "npm" ? "--prefix" : manager == "pnpm" ? "--dir" : "--cwd", node.up});
    words.push_back(manager == "npm" && !lock.empty() ? "ci" : "install");
    if (!lock.empty() && manager != "npm") words.push_back(node.berry ? "--immutable" : "--frozen-lockfile");
    if (lock.empty())
        node.folder.doubt(fmt::format(
            "no lock file of {} is here, so each run may install different versions; commit a lock file", manager));
    if (manager == "pnpm" &&
        named_version(sys::text_of(root.json("package.json"), "packageManager"), "pnpm", "").empty())
        node.folder.doubt(fmt::format(
            "packageManager of package.json names no exact version of pnpm, so {} is used; write your version there",
            node.manager.back()));
    node.component.install = step("install", {std::move(words)}, lock.empty() ? "package.json" : lock);
    // Tests in a browser: the project's own playwright brings it.
    const auto& test = node.component.test;
    if (test && !test->variables.empty() && test->variables.front().first.starts_with("PLAYWRIGHT"))
        node.component.install->commands.push_back(node.exec({"playwright", "install", "--with-deps"}));
    else if (node.asks_for("playwright") &&
             (node.asks_for("@vitest/browser") || node.asks_for("@vitest/browser-playwright")))
        node.component.install->commands.push_back(node.exec({"playwright", "install", "--with-deps", "chromium"}));
}

// What is built is built by what only developers have; else they are left out.
void prepare_node(Node& node) {
    auto& component = node.component;
    if (component.serve.empty()) return;
    auto commands = std::vector<std::vector<std::string>>{component.install->commands.front()};
    if (component.build)
        commands.insert(commands.end(), component.build->commands.begin(), component.build->commands.end());
    else if (!node.berry)
        commands.front().push_back(component.manager == "npm"    ? "--omit=dev"
                                   : component.manager == "pnpm" ? "--prod"
                                                                 : "--production");
    component.prepare = step("prepare", std::move(commands), component.install->because);
}

// "24.1" of "24.1-alpine"; nothing: it begins with no number.
std::string number_in(std::string_view text) {
    auto number = text.substr(0, text.find_first_not_of("0123456789."));
    while (number.ends_with('.')) number.remove_suffix(1);
    return std::string(number);
}

Runtime runtime_of(Node& node, Folder& root) {
    const std::string up = node.up.empty() ? "" : node.up + "/";
    for (auto* folder : {&node.folder, &root})
        for (const auto* name : {".nvmrc", ".node-version"})
            if (folder->has(name)) return {"node", "", (folder == &root ? up : "") + name};
    const auto names_node = [](const Json& package) { // as actions/setup-node reads it
        return !sys::text_of(at(package, "/volta"), "node").empty() ||
               !sys::text_of(at(package, "/engines"), "node").empty();
    };
    if (names_node(node.package)) return {"node", "", "package.json"};
    if (names_node(root.json("package.json"))) return {"node", "", up + "package.json"};
    for (auto* folder : {&node.folder, &root})
        if (mentions(folder->text(".tool-versions"), "nodejs"))
            return {"node", "", (folder == &root ? up : "") + ".tool-versions"};
    for (auto* folder : {&node.folder, &root})
        if (const auto told = number_in(sys::text_of(at(folder->toml("mise.toml"), "/tools"), "node")); !told.empty())
            return {"node", told, ""};
    const auto container = container_file(node.folder);
    const auto text = container.empty() ? "" : node.folder.text(container);
    constexpr std::string_view image = "FROM node:";
    if (const auto from = text.find(image); from != text.npos)
        if (const auto told = number_in(std::string_view(text).substr(from + image.size())); !told.empty()) {
            node.folder.doubt(fmt::format(
                "no version of Node is named, so {} of {} is used; write the version into .nvmrc", told, container));
            return {"node", told, ""};
        }
    node.folder.doubt("no version of Node is named, so 22 is used; write your version into .nvmrc");
    return {"node", "22", ""};
}

// "22" of .nvmrc; a range says no one version.
std::string version_of(const Runtime& runtime, Folder& root) {
    if (!runtime.version.empty()) return runtime.version;
    const auto lines = lines_of(root.text(runtime.version_file.substr(runtime.version_file.rfind('/') + 1)));
    auto version = lines.size() == 1 ? lines.front() : std::string();
    if (version.starts_with('v')) version.erase(0, 1);
    return version.find_first_not_of("0123456789.") == version.npos ? version : "";
}

// Below the root of a workspace, but no member of it and without a lock of its own: a template, an example.
bool is_left_out(Node& node) {
    if (!node.folder.first({"package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"}).empty())
        return false;
    std::string outer = node.folder.path();
    while (!outer.empty()) {
        outer.erase(outer.rfind('/') == outer.npos ? 0 : outer.rfind('/'));
        auto above = node.folder.above(outer);
        if (above.has("package.json") && !workspaces_of(above, above.json("package.json")).empty()) return true;
    }
    return false;
}

std::string framework_of(const Node& node) {
    struct Row {
        const char *package, *name;
    };
    constexpr Row rows[] = {{"next", "next"},
                            {"nuxt", "nuxt"},
                            {"@nestjs/core", "nest"},
                            {"@angular/core", "angular"},
                            {"@sveltejs/kit", "svelte"},
                            {"react", "react"},
                            {"vue", "vue"},
                            {"svelte", "svelte"},
                            {"express", "express"},
                            {"fastify", "fastify"},
                            {"koa", "koa"},
                            {"hono", "hono"},
                            {"@hapi/hapi", "hapi"},
                            {"vite", "vite"}};
    for (const auto& row : rows) {
        const bool own =
            !at(node.package, std::string("/dependencies/") + replace_all(row.package, "/", "~1")).is_null();
        if (own || (std::string_view(row.name) == "vite" && node.asks_for("vite"))) return row.name;
    }
    return "";
}

}

bool Node::asks_for(std::string_view name) const {
    return std::any_of(std::begin(sections), std::end(sections), [&](const char* section) {
        const auto table = at(package, section);
        return table.is_object() && table.contains(std::string(name));
    });
}

std::string Node::version_of(std::string_view name) const {
    for (const auto* section : sections)
        if (const auto table = at(package, section); !sys::text_of(table, name).empty())
            return sys::text_of(table, name);
    return "";
}

std::string Node::script(std::string_view name) const { return sys::text_of(at(package, "/scripts"), name); }

std::vector<std::string> Node::run(const std::string& name, const std::vector<std::string>& more) const {
    auto words = manager;
    words.insert(words.end(), {"run", name});
    if (!more.empty() && component.manager == "npm") words.push_back("--");
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::vector<std::string> Node::exec(const std::vector<std::string>& given) const {
    auto words = component.manager == "npm" ? std::vector<std::string>{"npx", "--no-install"} : manager;
    if (component.manager != "npm") words.push_back(component.manager == "pnpm" ? "exec" : "run");
    words.insert(words.end(), given.begin(), given.end());
    return words;
}

bool describe_node(Folder& folder, Component& component) {
    Node node{folder, component};
    node.package = folder.json("package.json");
    if (!node.package.is_object()) {
        if (folder.is_root())
            folder.unreadable("package.json", "package.json is not a JSON object; fix it, then run init again");
        return folder.is_root();
    }
    auto above = workspace_above(node);
    if (!above && is_left_out(node)) return false;
    Folder& root = above ? *above : folder;
    node.holds_workspaces = !workspaces_of(folder, node.package).empty();
    component.framework = framework_of(node);
    choose_manager(node, root);
    test_node(node);
    serve_node(node);
    // A package.json that only brings tools (husky, prettier) says nothing about what is tested or built.
    const bool says_something = component.test || component.build || component.kind != Kind::library ||
                                folder.has("Dockerfile") || (folder.is_root() && node.script("start").size() > 0);
    const bool other =
        !folder
             .first({"pyproject.toml", "setup.py", "manage.py", "requirements.txt", "go.mod", "Cargo.toml", "pom.xml"})
             .empty();
    if (!says_something && (other || !folder.is_root())) return false;
    // What the root of the workspace tests with its own command needs no second part; what is deployed does.
    if (above && component.kind == Kind::library &&
        sys::text_of(at(root.json("package.json"), "/scripts"), "test").size() > 0) {
        Component of_root;
        Node outer{root, of_root};
        outer.package = root.json("package.json");
        outer.holds_workspaces = true;
        of_root.manager = component.manager;
        test_node(outer);
        if (!of_root.evidence.empty()) return false;
    }
    component.runtime = runtime_of(node, root);
    component.version = version_of(component.runtime, root);
    const auto dependencies = at(node.package, "/dependencies");
    if (dependencies.is_object())
        for (const auto& entry : dependencies.items()) component.packages.push_back(entry.key());
    if (component.manager == "bun") {
        component.test = component.build = std::nullopt;
        component.evidence.clear();
        component.serve.clear();
        folder.doubts = {"init does not know bun (only npm, pnpm and yarn), so no command of this part is run; write "
                         "its commands into fairlead.yml under run:"};
        return true;
    }
    install_node_at(node, root);
    prepare_node(node);
    if (node.script("lint").size() > 0) component.lint = step("lint", {node.run("lint")}, "package.json: scripts.lint");
    return true;
}

}
