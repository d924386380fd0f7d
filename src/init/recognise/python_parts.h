#pragma once
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"

// What python.cpp reads once, for the files that decide from it.
namespace fairlead::init {

enum class Runner { none, pytest, unittest, django, tox, nox };

struct Python {
    Folder& folder;
    Component& component;
    Json project = {};                                 // pyproject.toml
    std::vector<std::string> requires_files = {};      // requirements.txt, requirements/dev.txt
    std::vector<std::string> packages = {};            // that it asks for anywhere, plain names: flask, pytest-cov
    std::vector<std::string> extras = {}, groups = {}; // test, dev, tests: to install with it
    std::string up = {};                               // "../": to the root of a uv workspace that holds the lock
    bool installable = false;                          // pip install .
    std::string bin = {};                              // before a program's name: .venv/bin/
    Runner runner = Runner::none;
    std::string because = {};              // what told the runner
    std::string server = {};               // that serves, where the project doesn't name it
    std::vector<std::string> brought = {}; // packages that the runner needs and the project doesn't name

    bool asks_for(std::string_view package) const { return contains(packages, package); }
    bool has_manage() const { return component.framework == "django" && folder.has("manage.py"); }
};

void read_python(Python& python);    // python_packages.cpp: what it asks for
void install_python(Python& python); // its manager, and the step
void choose_runner(Python& python);  // python_tests.cpp; before it is installed
void test_python(Python& python);
void prepare_python(Python& python); // for a release, after it is known what serves
void serve_python(Python& python);   // python_serve.cpp

}
