using System.Collections.Concurrent;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>
/// A hundred transfers over three nodes, either side first, while one node is added, one is drained and one is killed. Each ends with the
/// same bytes or with a failure that somebody sees, and then a further try with a new token works.
/// </summary>
public sealed class FleetTests : GatewayTests
{
    private const int Transfers = 100;
    private const int AtOnce = 6;

    private readonly int[] _ports = [TestPorts.Free(), TestPorts.Free(), TestPorts.Free()];
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly ConcurrentDictionary<string, int> _words = [];

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task ThroughYarp() => await RunAsync(Own(await YarpBalancer.StartAsync(_ports)), forwards: false, bestWord: "confirmed");

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public Task ThroughNginx()
    {
        SystemProgram.FindOrSkip("nginx");
        return RunAsync(Own(new NginxBalancer(_ports)), forwards: false, bestWord: "sent");
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public Task ThroughHaproxy()
    {
        SystemProgram.FindOrSkip("haproxy");
        return RunAsync(Own(new HaproxyBalancer(_ports)), forwards: false, bestWord: "sent");
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task ThroughARandomBalancer_WhenNodesForward()
        => await RunAsync(Own(await RandomBalancer.StartAsync(_ports)), forwards: true, bestWord: "sent");

    private async Task RunAsync(IBalancer balancer, bool forwards, string bestWord)
    {
        var killed = await StartNodeAsync(0, forwards);
        await StartNodeAsync(1, forwards);
        await Eventually.TrueAsync(async () => await MintAsync(balancer) is not null, "the balancer and a node are there");

        var begun = 0;
        await Parallel.ForAsync(0, Transfers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            switch (Interlocked.Increment(ref begun))
            {
                case Transfers / 4:
                    await StartNodeAsync(2, forwards);
                    break;
                case Transfers / 2:
                    await balancer.DrainAsync(0);
                    break;
                case Transfers * 3 / 4:
                    await killed.KillAsync();
                    break;
                default:
                    break;
            }

            await TransferAsync(balancer, i);
        });

        Assert.Equal(Transfers, _words.Values.Sum());
        Assert.Equal([bestWord], _words.Keys);
    }

    /// <summary>
    /// Tries until it works: it does once the balancer has noticed which nodes are there. How often it fails before only shows how fast
    /// this tries.
    /// </summary>
    private async Task TransferAsync(IBalancer balancer, int seed)
    {
        var bytes = TestBytes.Create(seed, 1000 + (seed * 3_000));
        try
        {
            await Eventually.TrueAsync(() => TryTransferAsync(balancer, seed, bytes), "a further try works", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException exception)
        {
            Assert.Fail($"Transfer {seed}: {exception.Message}: {string.Join("; ", _failures)}");
        }
    }

    /// <summary>Tries once with a new token; what does not work must be seen by somebody.</summary>
    private async Task<bool> TryTransferAsync(IBalancer balancer, int seed, byte[] bytes)
    {
        if (await MintAsync(balancer) is not { } token)
        {
            return false;
        }

        var url = $"{balancer.Url}/{token}/file";
        var isSenderFirst = seed % 2 == 0;
        await using var first = isSenderFirst ? Upload(bytes, url) : Curl("--fail", url);
        await using var second = isSenderFirst ? Curl("--fail", url) : Upload(bytes, url);
        var (sender, receiver) = isSenderFirst ? (first, second) : (second, first);

        // Without the other side the rest of a pair would wait out its deadline.
        var ends = (Sender: sender.WaitAsync(TimeSpan.FromSeconds(60)), Receiver: receiver.WaitAsync(TimeSpan.FromSeconds(60)));
        if (await await Task.WhenAny(ends.Sender, ends.Receiver) != 0)
        {
            sender.Kill();
            receiver.Kill();
        }

        var (sent, received) = (await ends.Sender, await ends.Receiver);
        Assert.True(
            received != 0 || receiver.Output.AsSpan().SequenceEqual(bytes),
            $"{receiver.Output.Length} of {bytes.Length} bytes passed for the whole");
        if (sent == 0 && received == 0)
        {
            _words.AddOrUpdate(sender.OutputText.Split(':')[0], 1, static (_, count) => count + 1);
            return true;
        }

        Assert.False(sent == 0 && sender.OutputText.StartsWith("confirmed", StringComparison.Ordinal), "a confirmed file was not received");
        _failures.Enqueue($"{sent} {sender.OutputText} {received} {receiver.ErrorText}");
        return false;
    }

    private async Task<string?> MintAsync(IBalancer balancer)
    {
        await using var curl = Curl("--fail", "-X", "POST", balancer.Url + "/token");
        return await curl.WaitAsync() == 0 ? curl.OutputText.Trim() : null;
    }

    private Task<TestServer> StartNodeAsync(int index, bool forwards) => StartAsync(
        builder =>
        {
            var beam = builder.Services.AddBeam(options =>
            {
                options.NodeId = $"n{index + 1}";
                WithoutResuming(options);
            });
            if (forwards)
            {
                beam.AddNodeForwarding(options =>
                {
                    options.Secret = Secret;
                    for (var i = 0; i < _ports.Length; i++)
                    {
                        options.Nodes[$"n{i + 1}"] = new Uri($"http://127.0.0.1:{_ports[i]}");
                    }
                });
            }
        },
        static app => app.MapBeam(),
        _ports[index]);
}
