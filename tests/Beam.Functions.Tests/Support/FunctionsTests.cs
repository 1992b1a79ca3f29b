using System.Globalization;
using Beam.Functions.Tests.StandIn;

namespace Beam.Functions.Tests.Support;

/// <summary>
/// What tests through the stand-in of the Functions host share: hosts and clients that end with the test, the newest first.
/// </summary>
public abstract class FunctionsTests(PublishedSample sample) : IAsyncLifetime
{
    private readonly Belongings _owned = new();

    private protected TempFolder Folder { get; } = new();

    private protected PublishedSample Sample { get; } = sample;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owned.DisposeAsync();

        Folder.Dispose();
    }

    private protected async Task<FunctionsStandIn> StartAsync(Action<StandInSettings>? configure = null, string? folder = null)
    {
        var settings = new StandInSettings();
        configure?.Invoke(settings);
        return Own(await FunctionsStandIn.StartAsync(folder ?? Sample.Folder, settings));
    }

    /// <summary>Mints a token with the key of the function app.</summary>
    private protected async Task<string> MintAsync(FunctionsStandIn host, string prefix = "")
    {
        var curl = Curl("--fail", "-X", "POST", "-H", "x-functions-key: " + FunctionsStandIn.Key, $"{host.Url}{prefix}/token");
        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        return curl.OutputText.TrimEnd();
    }

    /// <summary>Starts curl, silent except for errors, its output unbuffered.</summary>
    private protected ClientProcess Curl(params IEnumerable<string> arguments) => Curl(new ClientProcessOptions(), arguments);

    private protected ClientProcess Curl(ClientProcessOptions options, params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("curl", ["-q", "-sSN", "--max-time", "120", .. arguments], options));

    /// <summary>The status and the body that curl gets.</summary>
    private protected async Task<(int Status, string Text)> AnswerAsync(params IEnumerable<string> arguments)
    {
        var curl = Curl([.. arguments, "-w", "%{stderr}%{http_code}"]);
        await curl.WaitAsync(TimeSpan.FromSeconds(120));
        return (int.Parse(curl.ErrorText.AsSpan()[^3..], CultureInfo.InvariantCulture), curl.OutputText);
    }

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable => _owned.Add(owned);
}
