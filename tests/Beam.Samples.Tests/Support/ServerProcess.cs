using System.Globalization;
using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Support;

/// <summary>A sample that runs as a process of its own on a free port.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private ServerProcess(ClientProcess process, Uri address)
    {
        Process = process;
        Address = address;
    }

    public ClientProcess Process { get; }

    public Uri Address { get; }

    /// <summary>Everything that it has printed so far.</summary>
    public string Log => Process.OutputText + Process.ErrorText;

    public static Task<ServerProcess> StartStandaloneAsync(params IEnumerable<string> settings) => StartAsync("samples/StandaloneServer", settings);

    public static Task<ServerProcess> StartExistingAppAsync(params IEnumerable<string> settings) => StartAsync("samples/ExistingApp", settings);

    /// <summary>Starts a program and waits until it says where it listens.</summary>
    /// <param name="folder">The folder of its project.</param>
    /// <param name="settings">Environment variables, as in <c>Beam__AccessKey=key</c>.</param>
    public static Task<ServerProcess> StartAsync(string folder, params IEnumerable<string> settings)
        => StartAsync([Build.ProgramOf(folder), "--urls", "http://127.0.0.1:0"], settings);

    /// <summary>Starts the standalone server with no more file descriptors than given, which takes <c>prlimit</c>.</summary>
    public static Task<ServerProcess> StartStandaloneAsync(int descriptors) => WaitForStartAsync(ClientProcess.Start(
        "prlimit",
        [
            string.Create(CultureInfo.InvariantCulture, $"--nofile={descriptors}:{descriptors}"),
            "dotnet",
            Build.ProgramOf("samples/StandaloneServer"),
            "--urls",
            "http://127.0.0.1:0",
        ],
        OptionsOf([])));

    /// <summary>Runs <c>dotnet</c> and waits until what it runs says where it listens.</summary>
    public static Task<ServerProcess> StartAsync(IEnumerable<string> arguments, IEnumerable<string> settings) => WaitForStartAsync(Dotnet(arguments, settings));

    private static async Task<ServerProcess> WaitForStartAsync(ClientProcess process)
    {
        try
        {
            await process.WaitForOutputAsync("isten", TimeSpan.FromMinutes(1));
            await process.WaitForOutputAsync("\n");
            return new ServerProcess(process, new Uri(ListenLine().Match(process.OutputText).Groups["address"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program that is expected to end by itself.</summary>
    public static ClientProcess Start(string folder, IEnumerable<string> arguments, params IEnumerable<string> settings)
        => Dotnet([Build.ProgramOf(folder), .. arguments], settings);

    /// <summary>The address of something on the server.</summary>
    public string Url(string path) => new Uri(Address, path).AbsoluteUri;

    /// <summary>Mints a token.</summary>
    public async Task<string> MintAsync(params IEnumerable<string> curlArguments)
    {
        await using var curl = Curl.Start(["-X", "POST", Url("/token"), .. curlArguments]);
        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        return curl.OutputText.Trim();
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    // What the machine's own environment says of .NET servers is not under test.
    private static ClientProcessOptions OptionsOf(IEnumerable<string> settings)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = null,
            ["ASPNETCORE_HTTP_PORTS"] = null,
            ["ASPNETCORE_HTTPS_PORTS"] = null,
            ["ASPNETCORE_ENVIRONMENT"] = null,
            ["DOTNET_ENVIRONMENT"] = null,

            // Who breaks off has failed, unless the test is about coming back.
            ["Beam__ResumeTimeout"] = "00:00:00",
        };
        foreach (var setting in settings)
        {
            var (name, value) = (setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            environment[name] = value;
        }

        return new ClientProcessOptions { Environment = environment, WorkingDirectory = Repository.Root };
    }

    private static ClientProcess Dotnet(IEnumerable<string> arguments, IEnumerable<string> settings) => ClientProcess.Start("dotnet", arguments, OptionsOf(settings));

    [GeneratedRegex(@"listen\w+ on:? (?<address>http[^\s,]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ListenLine();
}
