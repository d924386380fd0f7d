#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>

// Expected failures are returned as values. `Config config = TRY(load_config(path));` returns an error to the caller;
// TRY_VOID does the same for Result<void>, as a statement. Inside a larger expression, use TRY only if no temporary was
// made before it: returning from a statement expression does not destroy earlier temporaries.
namespace fairlead {

// The kind of an error tells the caller what to do, and becomes the exit status.
enum class Kind {
    no = 1,        // the examined thing is unreadable or refused
    usage = 2,     // a flag, an input or the configuration is wrong; nothing was changed
    could_not = 3, // network, engine, disk, lock, interrupted
};

// A place in a user's file; line and column (code points) count from 1, 0 is unknown.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
    std::string excerpt; // the line itself, for the caret
};

// The message has three parts (thing, fact, way out): `format 'pdf' is unknown; expected text, github or sarif`.
struct Error {
    Kind kind = Kind::could_not;
    std::string message;
    Place place;
};

inline Error no(std::string message, Place place = {}) { return {Kind::no, std::move(message), std::move(place)}; }
inline Error usage(std::string message, Place place = {}) {
    return {Kind::usage, std::move(message), std::move(place)};
}
inline Error could_not(std::string message, Place place = {}) {
    return {Kind::could_not, std::move(message), std::move(place)};
}

template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T value_or(T fallback) && { return ok() ? std::get<0>(std::move(state_)) : std::move(fallback); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    void value() const {}
    const Error& error() const& { return *error_; }
    Error&& error() && { return *std::move(error_); }

  private:
    std::optional<Error> error_; // an empty optional costs nothing, which matters for millions of results
};

}

#define FAIRLEAD_JOIN2(a, b) a##b
#define FAIRLEAD_JOIN(a, b) FAIRLEAD_JOIN2(a, b)
#define FAIRLEAD_TRY(expression, name)                                                                                 \
    __extension__({                                                                                                    \
        auto&& name = (expression);                                                                                    \
        if (!name.ok()) return std::move(name).error();                                                                \
        std::move(name).value();                                                                                       \
    })
#define TRY(expression) FAIRLEAD_TRY(expression, FAIRLEAD_JOIN(try_result_, __COUNTER__))
#define TRY_VOID(expression) FAIRLEAD_TRY(expression, FAIRLEAD_JOIN(try_result_, __COUNTER__))
