#include "init/recognise/recogniser.h"

namespace fairlead::init {

bool describe_java(Folder&, Component&) { return false; }

}
