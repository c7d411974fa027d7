# One interface target carries every flag of our own code; dependencies are SYSTEM and stay out of it.
add_library(migstorm_options INTERFACE)
target_compile_options(migstorm_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wcast-align -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(migstorm_options INTERFACE -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
endif()
if(MIGSTORM_WERROR)
  target_compile_options(migstorm_options INTERFACE -Werror)
endif()

# Assertions stay on in release: a broken invariant must end a run, not a night's statistics.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
string(REPLACE "-g" "-g1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")

# What is one file's own is then in a file that others include, which is what this warning is about.
if(MIGSTORM_BATCHES AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-subobject-linkage)
endif()

if(MIGSTORM_SANITIZE)
  string(REPLACE "-g" "-g1" CMAKE_CXX_FLAGS_DEBUG "${CMAKE_CXX_FLAGS_DEBUG}") # lines are all that a report shows
  add_compile_options(-fsanitize=${MIGSTORM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MIGSTORM_SANITIZE})
  if(MIGSTORM_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan) # Asio has fences beside its locks; GCC warns that it does not see them
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
