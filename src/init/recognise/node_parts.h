#pragma once
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"

// Facts that node.cpp reads once, for the files that use them.
namespace fairlead::init {

struct Node {
    Folder& folder;
    Component& component;
    Json package = {};   // package.json
    std::string up = {}; // path to the workspace's root: "../.."; empty: it is its own root
    bool berry = false;  // yarn 2 and later
    // Starts the manager. All managers except npm are started by npx in the version of packageManager, because Node has
    // no corepack from version 25 on.
    std::vector<std::string> manager = {"npm"};
    bool holds_workspaces = false;

    bool asks_for(std::string_view name) const; // in any kind of dependency
    std::string version_of(std::string_view name) const;
    std::string script(std::string_view name) const; // empty: absent
    // Return the manager's arguments to run a script with more arguments, or a program in node_modules/.bin.
    std::vector<std::string> run(const std::string& script, const std::vector<std::string>& more = {}) const;
    std::vector<std::string> exec(const std::vector<std::string>& words) const;
};

void install_node(Node& node);
void test_node(Node& node);  // node_tests.cpp
void serve_node(Node& node); // node_serve.cpp: service or site, and its build

}
