namespace Beam.Functions.Tests.Support;

/// <summary>The SDK's command line. It leaves no build server behind.</summary>
internal static class Dotnet
{
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_NOLOGO"] = "1",

        // What a surrounding `dotnet test` sets for its own build is not meant for this one.
        ["MSBuildSDKsPath"] = null,
        ["MSBUILD_EXE_PATH"] = null,
        ["MSBuildExtensionsPath"] = null,
    };

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs a command and returns what it wrote; fails when it does.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var (code, output) = await TryAsync(folder, arguments);
        return code == 0
            ? output
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {code}:\n{output}");
    }

    /// <summary>Runs a command and returns its exit code and what it wrote.</summary>
    public static async Task<(int Code, string Output)> TryAsync(string folder, params string[] arguments)
    {
        await using var process = ClientProcess.Start(
            "dotnet", arguments, new ClientProcessOptions { WorkingDirectory = folder, Environment = Quiet });
        var code = await process.WaitAsync(Limit);
        return (code, process.OutputText + process.ErrorText);
    }
}
