# How node-gyp builds the native engine (native/README.md).
#
# One static library for each set of instructions, so that only the files that are called after the processor was asked
# (native/src/cpu.cc) may use them. Never -march=native: the binary must run on other machines than the one that built it.
# Built here with g++ 12 and clang 19 on x86-64 Linux. The settings for arm64, macOS and Windows (clang-cl, since the code
# needs 128-bit integers) follow node-gyp's documentation.
{
  "variables": {
    # 1 links the C++ runtime into the addon, for binaries that run elsewhere (native/install.js decides).
    "chainwright_static_runtime%": 0
  },
  "target_defaults": {
    "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["-std=c++17", "-O3", "-Wall", "-Wextra", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden", "-fPIC"],
    "configurations": {
      "Release": {
        # Node's own setting, for its profiler; our inner loops want the register.
        "cflags!": ["-fno-omit-frame-pointer"],
        "defines": ["NDEBUG"]
      }
    },
    "xcode_settings": {
      "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
      "GCC_OPTIMIZATION_LEVEL": "3",
      "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
      "GCC_ENABLE_CPP_RTTI": "NO",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "11.0"
    },
    "msbuild_toolset": "ClangCL",
    "msvs_settings": {
      "VCCLCompilerTool": {
        "Optimization": 3,
        "ExceptionHandling": 0,
        "RuntimeTypeInfo": "false",
        "AdditionalOptions": ["-std:c++17"]
      }
    }
  },
  "targets": [
    {
      "target_name": "chainwright",
      "sources": ["<!@(node native/sources.js portable)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "conditions": [
        ["target_arch=='x64'", {
          "dependencies": ["chainwright_avx2", "chainwright_ifma", "chainwright_avx512", "chainwright_sha_ni"]
        }],
        ["OS=='linux' and chainwright_static_runtime==1", {
          "ldflags": ["-static-libgcc", "-static-libstdc++", "-Wl,--exclude-libs,ALL", "-Wl,--gc-sections"]
        }]
      ]
    }
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "chainwright_avx2",
          "type": "static_library",
          "sources": ["<!@(node native/sources.js avx2)"],
          "cflags_cc": ["-mavx2", "-mbmi2", "-madx"],
          "xcode_settings": { "OTHER_CPLUSPLUSFLAGS": ["-mavx2", "-mbmi2", "-madx"] },
          "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["-mavx2", "-mbmi2", "-madx"] } }
        },
        {
          "target_name": "chainwright_ifma",
          "type": "static_library",
          "variables": {
            "instructions": ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mavx512ifma", "-mbmi2", "-madx"]
          },
          "sources": ["<!@(node native/sources.js ifma)"],
          "cflags_cc": ["<@(instructions)"],
          "xcode_settings": { "OTHER_CPLUSPLUSFLAGS": ["<@(instructions)"] },
          "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["<@(instructions)"] } }
        },
        {
          "target_name": "chainwright_avx512",
          "type": "static_library",
          "sources": ["<!@(node native/sources.js avx512)"],
          "cflags_cc": ["-mavx512f", "-mavx512bw", "-mavx512vl"],
          "xcode_settings": { "OTHER_CPLUSPLUSFLAGS": ["-mavx512f", "-mavx512bw", "-mavx512vl"] },
          "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["-mavx512f", "-mavx512bw", "-mavx512vl"] } }
        },
        {
          "target_name": "chainwright_sha_ni",
          "type": "static_library",
          "sources": ["<!@(node native/sources.js sha-ni)"],
          "cflags_cc": ["-msha", "-msse4.1"],
          "xcode_settings": { "OTHER_CPLUSPLUSFLAGS": ["-msha", "-msse4.1"] },
          "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["-msha", "-msse4.1"] } }
        }
      ]
    }]
  ]
}
