using System.Net;
using System.Net.Sockets;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>A node that takes connections and says nothing, and one that is gone: new tokens come from the others.</summary>
[Trait("Rule", "P4")]
public sealed class HangingNodeTests : GatewayTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_ComeFromOtherNodes_WhenOneHangs(bool hasLength)
    {
        using var hanging = Listen();
        var node = await StartNodeAsync("n2");
        var gateway = await StartGatewayAsync(("n1", Url(hanging)), ("n2", node.Url));
        var clients = Enumerable.Range(0, 10)
            .Select(_ => Curl(["--fail", "-X", "POST", .. hasLength ? new[] { "-H", "Content-Length: 0" } : [], gateway.Url + "/token"]))
            .ToList();

        Assert.All(await Task.WhenAll(clients.Select(static client => client.WaitAsync())), static code => Assert.Equal(0, code));
        Assert.All(clients, static client => Assert.StartsWith("n2.", client.OutputText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_ComesFromAnotherNode_WhenOneIsGone()
    {
        using var gone = Listen();
        var node = await StartNodeAsync("n2");
        var gateway = await StartGatewayAsync(("n1", Url(gone)), ("n2", node.Url));
        gone.Stop();
        for (var i = 0; i < 20; i++)
        {
            using var answer = await Http.GetAsync(new Uri(gateway.Url + "/"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Client_IsTold_WhenTheOnlyNodeHangs()
    {
        using var hanging = Listen();
        var gateway = await StartGatewayAsync(("n1", Url(hanging)));
        using var answer = await Http.PostAsync(new Uri(gateway.Url + "/token"), content: null);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("The node did not answer in time.\n", await answer.Content.ReadAsStringAsync());
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string Url(TcpListener listener) => $"http://{listener.LocalEndpoint}";
}
