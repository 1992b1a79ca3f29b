using System.Globalization;
using System.Text.RegularExpressions;

namespace Beam.Testing;

/// <summary>A server of the repository, Beam.Server or a sample, that runs as a process of its own on a free port.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>The folder of the server that people install.</summary>
    public const string BeamServer = "Beam.Server";

    private ServerProcess(ClientProcess process, Uri address)
    {
        Process = process;
        Address = address;
    }

    /// <summary>The process.</summary>
    public ClientProcess Process { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Everything that it has printed so far.</summary>
    public string Log => Process.OutputText + Process.ErrorText;

    /// <summary>Starts Beam.Server and waits until it says where it listens.</summary>
    /// <param name="settings">Environment variables, as in <c>Beam__AccessKey=key</c>.</param>
    public static Task<ServerProcess> StartBeamServerAsync(params IEnumerable<string> settings) => StartAsync(BeamServer, settings);

    /// <summary>Starts a program and waits until it says where it listens.</summary>
    /// <param name="folder">The folder of its project.</param>
    /// <param name="settings">Environment variables, as in <c>Beam__AccessKey=key</c>.</param>
    public static Task<ServerProcess> StartAsync(string folder, params IEnumerable<string> settings)
        => StartAsync([BuildOutput.ProgramOf(folder), "--urls", "http://127.0.0.1:0"], settings);

    /// <summary>Starts Beam.Server with no more file descriptors than given, which takes <c>prlimit</c>.</summary>
    public static Task<ServerProcess> StartBeamServerAsync(int descriptors, params IEnumerable<string> settings)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"--nofile={descriptors}:{descriptors}");
        return WaitForStartAsync(ClientProcess.Start(
            "prlimit",
            [limit, "dotnet", BuildOutput.ProgramOf(BeamServer), "--urls", "http://127.0.0.1:0"],
            OptionsOf(settings)));
    }

    /// <summary>Runs <c>dotnet</c> and waits until what it runs says where it listens.</summary>
    public static Task<ServerProcess> StartAsync(IEnumerable<string> arguments, IEnumerable<string> settings)
        => WaitForStartAsync(Dotnet(arguments, settings));

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
        => Dotnet([BuildOutput.ProgramOf(folder), .. arguments], settings);

    /// <summary>The address of something on the server.</summary>
    public string Url(string path) => new Uri(Address, path).AbsoluteUri;

    /// <summary>Mints a token.</summary>
    public async Task<string> MintAsync(params IEnumerable<string> curlArguments)
    {
        await using var curl = Curl.Start(["-X", "POST", Url("/token"), .. curlArguments]);
        return (await curl.OutputOfSuccessAsync()).Trim();
    }

    /// <inheritdoc/>
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

            // A side that breaks off has failed, unless the test is about coming back.
            ["Beam__ResumeTimeout"] = "00:00:00",
        };
        foreach (var setting in settings)
        {
            var (name, value) = (
                setting[..setting.IndexOf('=', StringComparison.Ordinal)],
                setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            environment[name] = value;
        }

        return new ClientProcessOptions { Environment = environment, WorkingDirectory = Repository.Root };
    }

    private static ClientProcess Dotnet(IEnumerable<string> arguments, IEnumerable<string> settings)
        => ClientProcess.Start("dotnet", arguments, OptionsOf(settings));

    [GeneratedRegex(
        @"listen\w+ on:? (?<address>http[^\s,]+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ListenLine();
}
