#pragma once
#include "read/problem.h"
#include <string>
#include <string_view>
#include <vector>

// What a module of Python says in plain values: strings, numbers, lists and calls that it binds to names, at its top
// and in its classes. Nothing is run and nothing imported: what only Python can work out is `unknown`.
namespace fairlead::read {

struct PythonValue {
    enum class Kind {
        unknown,
        none,
        text,    // decoded; "a" "b" and "a" + "b" are one
        number,  // as written
        boolean, // "True", "False"
        list,    // tuples and sets, too
        map,     // its items are key, value, key, value
        name,    // "settings.AUTH_USER_MODEL"
        call,    // its items are what is passed without a name
        sum,     // of its items, at least one of which is a name
    };
    Kind kind = Kind::unknown;
    int line = 0, column = 0; // from 1
    std::string text = {};
    std::vector<PythonValue> items = {};
};

struct PythonBinding {
    std::string name;
    PythonValue value;
    bool is_maybe = false; // within if, for, try, with: whether it counts only Python knows
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
    std::vector<std::string> names; // as they are called here; "*"
    int line = 0;
};

struct PythonModule {
    std::string docstring;
    std::vector<PythonBinding> bindings; // in order
    std::vector<PythonClass> classes;
    std::vector<PythonImport> imports;
    std::vector<PythonValue> calls; // statements of their own, also in functions; `a["b"] = c` is a.__setitem__("b", c)
    std::vector<Problem> problems;  // what Python would refuse it for, as far as this can tell
};

PythonModule read_python(std::string_view text);

// The value that the name has at the end, with names in it looked up there and in `outer`; unknown where that isn't
// sure, at line 0 where nothing binds it.
PythonValue value_of(const std::vector<PythonBinding>& bindings, std::string_view name,
                     const std::vector<PythonBinding>& outer = {});

}
