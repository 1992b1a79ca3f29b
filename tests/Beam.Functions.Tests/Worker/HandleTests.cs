using System.Net;

namespace Beam.Functions.Tests.Worker;

/// <summary>Beam in a function of the user's own.</summary>
public sealed class HandleTests : IDisposable
{
    // More than the 30,000,000 bytes that Kestrel takes by default.
    private const int Size = 33_000_000;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task File_Passes_ThoughItIsMoreThanTheWorkersServerTakes()
    {
        await using var app = await WorkerApp.StartAsync(
            static request => BeamFunctions.HandleAsync(request),
            settings: ("AzureFunctionsJobHost:extensions:http:routePrefix", "api"));
        var url = new Uri($"{app.Url}/api/{await MintAsync(app.Url + "/api")}/file");

        var sent = _http.PutAsync(url, new StreamContent(new PatternStream(seed: 1, Size)));
        await using var received = await _http.GetStreamAsync(url);

        Assert.Equal(Size, await VerifyingStream.VerifyAsync(received, seed: 1));
        using var answer = await sent;
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_IsRefused_WhereTheFunctionReadsItItself()
    {
        await using var app = await WorkerApp.StartAsync(static async request => await request.Body.CopyToAsync(Stream.Null));

        using var request = new HttpRequestMessage(HttpMethod.Put, app.Url + "/api/file")
        {
            Content = new StreamContent(new PatternStream(seed: 1, Size)),
        };
        request.Headers.ExpectContinue = true;
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("", "/files", "/files")]
    [InlineData("", "", "")]
    [InlineData("/api/", "/files", "/api/files")]
    public async Task Links_HaveTheRoutePrefixAndTheRouteOfTheFunction(string routePrefix, string mountedAt, string expected)
    {
        await using var app = await WorkerApp.StartAsync(
            request => BeamFunctions.HandleAsync(request.HttpContext, mountedAt),
            settings: ("AzureFunctionsJobHost:extensions:http:routePrefix", routePrefix));

        using var minted = await _http.PostAsync(new Uri($"{app.Url}{expected}/token"), content: null);

        Assert.Equal(HttpStatusCode.Created, minted.StatusCode);
        Assert.StartsWith($"{app.Url}{expected}/", minted.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_SaysWhatIsMissing_WithoutServices()
    {
        Exception? thrown = null;
        await using var app = await WorkerApp.StartAsync(
            async request => thrown = await Record.ExceptionAsync(() => BeamFunctions.HandleAsync(request)),
            addBeam: false);

        using var answer = await _http.GetAsync(new Uri(app.Url + "/api/"));

        Assert.Contains("Call AddBeamFunctions()", Assert.IsType<InvalidOperationException>(thrown).Message, StringComparison.Ordinal);
    }

    private async Task<string> MintAsync(string url)
    {
        using var minted = await _http.PostAsync(new Uri(url + "/token"), content: null);
        return (await minted.Content.ReadAsStringAsync()).TrimEnd();
    }
}
