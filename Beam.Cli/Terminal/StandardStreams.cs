using Microsoft.Win32.SafeHandles;

namespace Beam.Cli.Terminal;

/// <summary>
/// The standard input and output as the files or pipes that they are. The streams of <see cref="Console"/> ignore that nobody reads the
/// output any more, and do not show that the input is a file with a length.
/// </summary>
internal static class StandardStreams
{
    public static Stream OpenInput() => OperatingSystem.IsWindows() ? Console.OpenStandardInput() : Open(0, FileAccess.Read);

    public static Stream OpenOutput() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : Open(1, FileAccess.Write);

    private static FileStream Open(int descriptor, FileAccess access)
        => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0, isAsync: false);
}
