#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Finds the file of the repository that a path or class name in a report means.
namespace fairlead::gate {

class SourceTree {
  public:
    using IsFile = std::function<bool(const std::string& path)>;
    using Read = std::function<std::string(const std::string& path)>; // returns "" for a file that can't be read
    // `root`: the repository's root, absolute. `bases`: folders where relative paths of the report may start, relative
    // to the root ("" is the root itself), the likeliest first.
    using Real = std::function<std::string(const std::string& path)>; // returns the path without links
    SourceTree(std::string root, std::vector<std::string> bases, IsFile is_file, Read read = {}, Real real = {})
        : root_(std::move(root)), bases_(std::move(bases)), is_file_(std::move(is_file)), read_(std::move(read)),
          real_(std::move(real)) {}

    // Replaces `\` by `/`, turns a file: URI (RFC 8089) into its path, resolves "." and "..", and makes a path below
    // the root relative to the root.
    std::string tidy(std::string_view path) const;
    // Returns the file of the repository that a path in the report means; empty: there is no such file.
    std::string find(std::string_view path) const;
    // Like find(), but without guessing at paths of another machine or container. (Only find() takes /app/src/a.c for
    // src/a.c.)
    std::string find_exact(std::string_view path) const;
    // Like find(), but returns the path as tidy() gives it if there is no such file.
    std::string find_or_tidy(std::string_view path) const;
    // Returns "" for a file that can't be read.
    std::string read(const std::string& tidied) const { return read_ ? read_(tidied) : std::string(); }
    bool has(const std::string& tidied) const { return is_file_(tidied); }
    // Returns the file of a class or module: "tests.test_app.TestNotes", "com.example.ShopTest$Inner".
    std::string find_class(std::string_view name) const;

    struct Held {
        std::string base, text;
    };
    // The files of that name in the bases, such as go.mod.
    std::vector<Held> read_in_bases(const std::string& name) const;

    struct Frame {
        std::string file; // empty: there is no such frame
        int line = 0;
    };
    // Returns the first `path:12`, `File "path", line 12` or `(Name.java:12)` of a stack trace that is a file of ours.
    // `file` is the file that was found for the class. A frame that gives only this file's name, without a folder,
    // means this file.
    Frame first_frame(std::string_view trace, std::string_view file) const;

  private:
    std::string root_;
    std::vector<std::string> bases_;
    IsFile is_file_;
    Read read_;
    Real real_;
};

}
