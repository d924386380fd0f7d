#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Where in the repository a name of a report points to.
namespace fairlead::gate {

class SourceTree {
  public:
    using IsFile = std::function<bool(const std::string& path)>;
    // `root`: absolute, of the repository. `bases`: folders below it, as seen from it ("" is the root itself), where
    // relative paths of the report may start, the likeliest first.
    SourceTree(std::string root, std::vector<std::string> bases, IsFile is_file)
        : root_(std::move(root)), bases_(std::move(bases)), is_file_(std::move(is_file)) {}

    // `/` for `\`, no file://, relative to the root when it lies below it; otherwise as it was.
    std::string tidy(std::string_view path) const;
    // The file of the repository that a path of the report means; empty when there is none.
    std::string find(std::string_view path) const;
    // The same without the guess for paths of another machine or container: /app/src/a.c is src/a.c.
    std::string find_exact(std::string_view path) const;
    // The file of a class or module: "tests.test_app.TestNotes", "com.example.ShopTest$Inner".
    std::string find_class(std::string_view name) const;

    struct Frame {
        std::string file; // empty: none
        int line = 0;
    };
    // The first `path:12`, `File "path", line 12` or `(Name.java:12)` of a stack trace that is a file of ours.
    // `file` is what the class was found to be: it tells the folder of bare names.
    Frame first_frame(std::string_view trace, std::string_view file) const;

  private:
    std::string root_;
    std::vector<std::string> bases_;
    IsFile is_file_;
};

}
