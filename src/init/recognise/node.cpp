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
        node.folder.doubt(fmt::format("there are several lock files ({}); {} is used: delete the others",
                                      join(locks, ", "), manager));
    if (!locks.empty() && locks.front().starts_with("bun"))
        node.folder.doubt("bun.lock is not read: init knows npm, pnpm and yarn; npm is used");
    node.berry =
        manager == "yarn" && (root.has(".yarnrc.yml") || (named.starts_with("yarn@") && !named.starts_with("yarn@1")));
}

std::string lock_of(Node& node, const Folder& root) {
    if (node.component.manager == "pnpm") return root.first({"pnpm-lock.yaml"});
    if (node.component.manager == "yarn") return root.first({"yarn.lock"});
    return root.first({"package-lock.json", "npm-shrinkwrap.json"});
}

void install_node_at(Node& node, Folder& root) {
    const auto lock = lock_of(node, root);
    const auto& manager = node.component.manager;
    std::vector<std::vector<std::string>> commands;
    const bool pinned = !sys::text_of(root.json("package.json"), "packageManager").empty();
    if (manager != "npm") commands.push_back({"corepack", "enable"});
    if (manager == "npm") {
        commands.push_back({"npm", lock.empty() ? "install" : "ci"});
        if (!node.up.empty()) commands.back().insert(commands.back().begin() + 1, {"--prefix", node.up});
    } else if (manager == "pnpm") {
        commands.push_back({"pnpm", "install", "--frozen-lockfile"});
        if (!node.up.empty()) commands.back().insert(commands.back().begin() + 1, {"--dir", node.up});
        if (!pinned)
            node.folder.doubt("package.json names no packageManager; write pnpm's version there: \"packageManager\": "
                              "\"pnpm@10.0.0\"");
    } else {
        commands.push_back({"yarn", "install", node.berry ? "--immutable" : "--frozen-lockfile"});
        if (!node.up.empty()) commands.back().insert(commands.back().begin() + 1, {"--cwd", node.up});
    }
    if (lock.empty()) {
        if (manager != "npm") commands.back().pop_back();
        node.folder.doubt(
            fmt::format("no lock file of {} is here, so each run may install other versions; commit one", manager));
    }
    node.component.install = step("install", std::move(commands), lock.empty() ? "package.json" : lock);
    node.component.ignored.push_back("node_modules/");
}

Runtime runtime_of(Node& node, Folder& root) {
    const std::string up = node.up.empty() ? "" : node.up + "/";
    for (auto* folder : {&node.folder, &root})
        for (const auto* name : {".nvmrc", ".node-version"})
            if (folder->has(name)) return {"node", "", (folder == &root ? up : "") + name};
    if (!sys::text_of(at(node.package, "/engines"), "node").empty()) return {"node", "", "package.json"};
    if (!sys::text_of(at(root.json("package.json"), "/engines"), "node").empty())
        return {"node", "", up + "package.json"};
    node.folder.doubt("no version of Node is named; 22 is taken: write yours into .nvmrc");
    return {"node", "22", ""};
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
    std::vector<std::string> words = {component.manager, "run", name};
    if (!more.empty() && component.manager == "npm") words.push_back("--");
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::vector<std::string> Node::exec(const std::vector<std::string>& given) const {
    std::vector<std::string> words = component.manager == "pnpm"   ? std::vector<std::string>{"pnpm", "exec"}
                                     : component.manager == "yarn" ? std::vector<std::string>{"yarn", "run"}
                                                                   : std::vector<std::string>{"npx", "--no-install"};
    words.insert(words.end(), given.begin(), given.end());
    return words;
}

bool describe_node(Folder& folder, Component& component) {
    Node node{folder, component};
    node.package = folder.json("package.json");
    if (!node.package.is_object()) {
        if (folder.is_root()) folder.doubt("package.json holds no object; nothing of it is used");
        return folder.is_root();
    }
    auto above = workspace_above(node);
    Folder& root = above ? *above : folder;
    node.holds_workspaces = !workspaces_of(folder, node.package).empty();
    component.framework = framework_of(node);
    choose_manager(node, root);
    test_node(node);
    serve_node(node);
    // A package.json that only brings tools (husky, prettier) says nothing about what is tested or built.
    const bool says_something = component.test || component.build || component.kind != Kind::library;
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
    install_node_at(node, root);
    if (node.script("lint").size() > 0) component.lint = step("lint", {node.run("lint")}, "package.json: scripts.lint");
    return true;
}

}
