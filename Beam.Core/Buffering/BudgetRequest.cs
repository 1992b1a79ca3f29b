namespace Beam.Buffering;

/// <summary>A place in the line for a <see cref="BufferBudget"/>.</summary>
internal sealed class BudgetRequest
{
    private readonly BufferBudget _budget;

    public BudgetRequest(BufferBudget budget, long bytes, BudgetPriority priority, Action granted)
    {
        _budget = budget;
        Bytes = bytes;
        Priority = priority;
        Granted = granted;
        Node = new LinkedListNode<BudgetRequest>(this);
    }

    public long Bytes { get; }

    public Action Granted { get; }

    /// <summary>Gets the node in the line; written by the budget under its lock.</summary>
    public LinkedListNode<BudgetRequest> Node { get; }

    /// <summary>Gets or sets the line it stands in; written by the budget under its lock.</summary>
    public BudgetPriority Priority { get; set; }

    /// <summary>Gets or sets a value indicating whether the bytes are leased; written by the budget under its lock.</summary>
    public bool IsGranted { get; set; }

    public void Promote(BudgetPriority priority) => _budget.Promote(this, priority);

    public bool Withdraw() => _budget.Withdraw(this);
}
