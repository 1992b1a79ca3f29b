using Beam.Buffering;
using Beam.Holding;

namespace Beam.Core.Tests.Holding;

/// <summary>
/// Whatever happens in whatever order: a file is open at most once, counts while it is open, and does not stay open for nobody.
/// </summary>
[Trait("Rule", "P3")]
public sealed class HeldBytesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Files_AreOpenForThoseThatUseThemAlone(int seed)
    {
        var random = new Random(seed);
        var files = new BufferBudget(4);
        var run = Enumerable.Range(0, 8).Select(i => new Model(_folder[$"{i}"], files)).ToList();
        var ended = new TaskCompletionSource();
        for (var step = 0; step < 400; step++)
        {
            var one = run[random.Next(run.Count)];
            switch (random.Next(5))
            {
                case < 2:
                    one.Enter(ended.Task);
                    break;

                case 2:
                    one.Leave();
                    break;

                case 3:
                    one.IsAttended = random.Next(2) == 0;
                    one.Bytes.Attend(one.IsAttended);
                    break;

                default:
                    one.Bytes.GiveWay();
                    break;
            }

            // Those that were waiting have come in meanwhile.
            await Task.WhenAll(run.Select(static each => each.SettleAsync()));
            Assert.InRange(files.UsedBytes, run.Count(static each => each.Uses > 0), 4);
            Assert.InRange(files.UsedBytes, 0, run.Sum(static each => each.Entering + (each.Uses > 0 || each.IsAttended ? 1 : 0)));
        }

        ended.SetResult();
        foreach (var each in run)
        {
            await each.EndAsync();
        }

        Assert.Equal(0, files.UsedBytes);
        Assert.False(files.IsShort);
    }

    [Fact]
    public void Creation_IsRefused_WhenReadersMayNeedTheRest()
    {
        var files = new BufferBudget(4);
        var created = Enumerable.Range(0, 3).Select(i => HeldBytes.Create(files, _folder[$"{i}.part"], _folder[$"{i}"])).ToList();

        Assert.Throws<IOException>(() => HeldBytes.Create(files, _folder["3.part"], _folder["3"]));
        Assert.Equal(3, _folder.Files().Count);
        created.ForEach(static bytes => bytes.Close());
        Assert.Equal(0, files.UsedBytes);
    }

    private sealed class Model
    {
        private readonly List<Task<bool>> _entering = [];

        public Model(string path, BufferBudget files)
        {
            File.WriteAllBytes(path, [1]);
            Bytes = new HeldBytes(files, path);
        }

        public HeldBytes Bytes { get; }

        public bool IsAttended { get; set; }

        public int Uses { get; private set; }

        public int Entering => _entering.Count;

        public void Enter(Task ended) => _entering.Add(EnterAsync(ended));

        public async Task SettleAsync()
        {
            var ended = _entering.FindAll(static task => task.IsCompleted);
            Uses += (await Task.WhenAll(ended)).Count(static hasEntered => hasEntered);
            _entering.RemoveAll(ended.Contains);
        }

        public void Leave()
        {
            if (Uses > 0)
            {
                Uses--;
                Bytes.Leave();
            }
        }

        public async Task EndAsync()
        {
            Uses += (await Task.WhenAll(_entering).Soon()).Count(static hasEntered => hasEntered);
            while (Uses > 0)
            {
                Leave();
            }

            Bytes.Close();
        }

        private async Task<bool> EnterAsync(Task ended)
        {
            var file = await Bytes.EnterAsync(ended, CancellationToken.None);
            Assert.True(file is not { IsClosed: true });
            return file is not null;
        }
    }
}
