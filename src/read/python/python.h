#pragma once
#include "read/problem.h"
#include <string>
#include <string_view>
#include <vector>

// Reads the plain values of a Python module: strings, numbers, lists and calls that are assigned to names, at its top
// level and in its classes. Runs and imports nothing: values that only Python can compute are `unknown`.
namespace fairlead::read {

struct PythonValue {
    enum class Kind {
        unknown,
        none,
        text,    // decoded; "a" "b" and "a" + "b" are one text
        number,  // as written
        boolean, // "True", "False"
        list,    // also tuples and sets
        map,     // its items: key, value, key, value
        name,    // "settings.AUTH_USER_MODEL"
        call,    // its items: arguments without a name
        sum,     // sum of its items, at least one of them a name
    };
    Kind kind = Kind::unknown;
    int line = 0, column = 0; // from 1
    std::string text = {};
    std::vector<PythonValue> items = {};
};

struct PythonBinding {
    std::string name;
    PythonValue value;
    bool is_maybe = false; // within if, for, try or with, so it may not take effect
    bool adds = false;     // +=
};

struct PythonClass {
    std::string name;
    int line = 0;
    std::vector<PythonBinding> bindings;
    bool is_maybe = false;
};

struct PythonImport { // from MODULE import NAMES
    std::string module;
    std::vector<std::string> names; // names in this module; "*"
    int line = 0;
};

struct PythonModule {
    std::string docstring;
    std::vector<PythonBinding> bindings; // in order
    std::vector<PythonClass> classes;
    std::vector<PythonImport> imports;
    // calls as statements, also in functions; `a["b"] = c` becomes a.__setitem__("b", c)
    std::vector<PythonValue> calls;
    std::vector<Problem> problems; // syntax errors, if this reader notices them
};

PythonModule read_python(std::string_view text);

// Returns the final value of the name. Names in the value are looked up in `bindings` and `outer`. The kind is unknown
// if the value isn't certain; line 0 then means that no binding exists.
PythonValue value_of(const std::vector<PythonBinding>& bindings, std::string_view name,
                     const std::vector<PythonBinding>& outer = {});

}
