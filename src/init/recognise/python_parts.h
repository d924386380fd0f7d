#pragma once
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"

// Facts that python.cpp reads once, for the files that use them.
namespace fairlead::init {

enum class Runner { none, pytest, unittest, django, tox, nox };

struct Python {
    Folder& folder;
    Component& component;
    Json project = {};                                 // pyproject.toml
    std::vector<std::string> requires_files = {};      // requirements.txt, requirements/dev.txt
    std::vector<std::string> packages = {};            // all required packages, plain names: flask, pytest-cov
    std::vector<std::string> extras = {}, groups = {}; // to be installed with the project: test, dev, tests
    std::string up = {};                               // "../": to the root of a uv workspace with the lock file
    bool installable = false;                          // pip install .
    std::string bin = {};                              // prefix of programs: .venv/bin/
    Runner runner = Runner::none;
    std::string because = {};              // how the runner was recognised
    std::string server = {};               // server program, if the project doesn't name one
    std::vector<std::string> brought = {}; // packages that the runner needs, but the project doesn't list

    bool asks_for(std::string_view package) const { return contains(packages, package); }
    std::string manage = {}; // Django's manage.py, from the component's folder; empty: there is none
    bool has_manage() const { return component.framework == "django" && !manage.empty(); }
};

// The application object for a server.
struct Callable {
    std::string file;
    std::string target;      // app:create_app()
    std::string server;      // gunicorn, uvicorn; empty: any
    int rank = 0;            // the lower, the likelier
    std::string folder = {}; // the folder that it is imported from, relative to the component's folder: src
};
std::optional<Callable> find_callable(const Python& python); // python_callable.cpp
// Returns the folder that a file is imported from, by what the sources import.
std::string import_folder(const Python& python, const std::string& file);
std::string module_of(const std::string& file, const std::string& folder); // app.main of src/app/main.py in src

void read_python(Python& python);    // python_packages.cpp: its requirements
void install_python(Python& python); // the manager, and the install step
void choose_runner(Python& python);  // python_tests.cpp; call it before install_python()
void test_python(Python& python);
void prepare_python(Python& python);           // python_release.cpp: for a release, after serve_python()
std::string tool_bin(const std::string& tool); // .fairlead/tools/uv/bin/
void serve_python(Python& python);             // python_serve.cpp

}
